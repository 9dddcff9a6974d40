"""The CDK app: one stack a tenant, made from the tenant contract and nothing else."""
