"""What several test layers share: fixtures, fakes and readers."""
