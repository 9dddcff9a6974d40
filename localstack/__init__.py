"""The local cloud: an AWS emulator (MiniStack) and our Amazon Connect emulator behind one loopback port."""
