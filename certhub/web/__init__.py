"""What the pages of all areas share: forms, formats, the error pages, security headers."""
