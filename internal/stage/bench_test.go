package stage_test

import (
	"testing"
	"time"

	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/stage"
)

func BenchmarkOpenClose(b *testing.B) {
	for b.Loop() {
		s, err := stage.Open(b.Context(), server.Config{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
