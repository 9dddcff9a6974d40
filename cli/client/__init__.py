"""A typed client of a tenant's REST API: every operation with the models of the API itself."""
