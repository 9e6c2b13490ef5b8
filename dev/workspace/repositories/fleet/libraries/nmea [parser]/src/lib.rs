pub use nmea::Sentence;

/// `$SKRAMP`: angle of the bow ramp, in degrees.
pub struct RampAngle(pub f32);
