FEATURES = ["weekday", "school_holiday", "wind", "last_four_weeks"]
