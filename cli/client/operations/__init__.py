"""The operations of the REST API by capability, made of the routes by `trunkline api client`."""
