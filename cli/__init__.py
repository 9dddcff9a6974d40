"""The `trunkline` command: what people use to run, try and watch the system. Never shipped to Lambda."""
