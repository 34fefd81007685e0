package bench

import "testing"

func TestLines(t *testing.T) {
	got := Lines([]Result{
		{
			What: Message, Engine: "sqlite", Chats: 100, Rate: 2000, Count: 20000, PerSecond: 1999.6, Errors: 1, FirstError: "oh",
			Delivery: &Latency{P50: 1.234, P99: 5, Max: 33.33}, Lost: new(int64(2)), Repeated: new(int64), Reordered: new(int64),
			ServerCPU: 45.2, ResidentMB: 40,
		},
		{What: Idle, Count: 10, BytesPerSocket: 5000.4, ResidentMB: 90},
	})
	want := `engine  what     chats    rate  per second  p50 ms  p99 ms  max ms  server CPU  memory
sqlite  message    100  2000/s        2000    1.23    5.00    33.3       45 µs   40 MB  lost 2, repeated 0, reordered 0; 1 errors: oh
-       idle                                                                     90 MB  5000 bytes for each of 10 sockets
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
