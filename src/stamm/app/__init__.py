"""Everything wired once: settings, registries, imports, the refresh."""
