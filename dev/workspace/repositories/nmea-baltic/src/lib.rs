pub use nmea::Sentence;
