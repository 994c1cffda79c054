"""The public bulletin: words and templates over the base of `shared/web/pages`."""
