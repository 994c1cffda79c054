"""The pages for residents: words and templates over the base of `shared/web/pages`."""
