// With an assembly file, the compiler takes functions without bodies: those of go:linkname in main.go.
