package bench

import (
	"fmt"
	"strings"
)

// Lines are results as a table for people: the figures that matter, one line each.
func Lines(results []Result) string {
	rows := [][]string{{"engine", "what", "chats", "rate", "per second", "p50 ms", "p99 ms", "max ms", "server CPU", "memory", ""}}
	for _, r := range results {
		rows = append(rows, r.row())
	}
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-len([]rune(cell)))
			if i < 2 || i == len(row)-1 {
				line.WriteString(cell + pad + "  ")
			} else {
				line.WriteString(pad + cell + "  ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

func (r *Result) row() []string {
	row := []string{r.Engine, r.What, "", "closed", "", "", "", "", "", "", r.remarks()}
	if r.Engine == "" {
		row[0] = "-"
	}
	if r.Chats > 0 {
		row[2] = fmt.Sprint(r.Chats)
	}
	if r.Rate > 0 {
		row[3] = fmt.Sprintf("%.0f/s", r.Rate)
	}
	if r.What == Cold || r.What == Idle {
		row[3] = ""
	}
	if r.PerSecond > 0 {
		row[4] = fmt.Sprintf("%.0f", r.PerSecond)
	}
	latency := r.Answer
	if r.Delivery != nil {
		latency = r.Delivery
	}
	if latency != nil {
		row[5], row[6], row[7] = fmt.Sprintf("%.2f", latency.P50), fmt.Sprintf("%.2f", latency.P99), fmt.Sprintf("%.1f", latency.Max)
	}
	if r.ServerCPU > 0 {
		row[8] = fmt.Sprintf("%.0f µs", r.ServerCPU)
	}
	if r.ResidentMB > 0 {
		row[9] = fmt.Sprintf("%.0f MB", r.ResidentMB)
	}
	return row
}

// remarks are what only one kind of measurement has, and what went wrong.
func (r *Result) remarks() string {
	var parts []string
	say := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if r.Lost != nil {
		say("lost %d, repeated %d, reordered %d", *r.Lost, *r.Repeated, *r.Reordered)
	}
	if r.Items > 0 {
		say("%d items stored", r.Items)
	}
	if r.BytesPerSocket > 0 {
		say("%.0f bytes for each of %d sockets", r.BytesPerSocket, r.Count)
	}
	if r.Errors > 0 {
		say("%d errors: %s", r.Errors, r.FirstError)
	}
	return strings.Join(parts, "; ")
}
