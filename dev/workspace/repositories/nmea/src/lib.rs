/// A sentence such as `$GPGGA,…*47`, with its checksum verified.
pub struct Sentence<'a> {
    pub talker: &'a str,
    pub fields: Vec<&'a str>,
}
