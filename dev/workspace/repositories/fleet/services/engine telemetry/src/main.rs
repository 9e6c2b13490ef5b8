fn main() {
    telemetry::listen("vessels/+/samples", |sample| store::append(sample));
}
