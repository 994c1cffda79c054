"""Every key is wrapped anew under the current key-encryption key, so that an old one can be destroyed."""
