"""A deck's records in a cached SQLite file: found by id, module, tag and word without reading YAML again."""
