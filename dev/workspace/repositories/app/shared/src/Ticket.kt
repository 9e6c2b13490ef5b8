package example.skerrylines.app

/** A ticket that can be shown, and checked, without a network. */
data class Ticket(val id: String, val voyage: String, val signature: ByteArray)
