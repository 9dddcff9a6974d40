"""What every capability stands on: tenancy, errors, clock, settings, clients, observability. Knows no capability."""
