package main

import (
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("GET /voyages", listVoyages)
	http.HandleFunc("POST /bookings", createBooking)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
