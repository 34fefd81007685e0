package store_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"
)

func cpu() int64 {
	var ru syscall.Rusage
	syscall.Getrusage(0, &ru)
	return ru.Utime.Nano() + ru.Stime.Nano()
}

func reportCPU(b *testing.B, before int64) {
	b.ReportMetric(float64(cpu()-before)/float64(b.N)/1000, "cpu-us/op")
}

func benchWorkers() int { n, _ := strconv.Atoi(os.Getenv("W")); return n }
