"""What an installation has to live through: parts that freeze, disks that fill, kills at random. ``make faults`` runs all of it."""
