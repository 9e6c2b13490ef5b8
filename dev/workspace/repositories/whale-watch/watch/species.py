SPECIES = ["humpback", "minke", "orca", "probably a wave"]
