"""Benchmarks: each prints ratios against a floor measured in the same run; none judges by the clock."""
