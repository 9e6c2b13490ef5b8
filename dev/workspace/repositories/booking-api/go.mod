module bitbucket.org/skerry-lines/booking-api

go 1.25
