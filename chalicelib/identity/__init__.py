"""Identity: how sure we are of who a caller is, and the questions that an agent asks to be surer."""
