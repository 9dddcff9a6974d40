"""One module a command, or a small family of them; `cli.main` registers them."""
