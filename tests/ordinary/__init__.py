"""An ordinary county, as its offices write: what the rules are measured on, apart from the simulator."""
