// Package estimate says how long a contact may have to wait in its queue, by those that were answered before it.
package estimate

import "time"

// An estimate looks at the contacts of a queue that were answered last: so many, and no longer ago than this.
const (
	Answered = 20
	Lately   = time.Hour
)

// Wait is how long the contact at a position of a queue, from 1, may wait where so many do, by how long others did that were answered
// lately. It is not known without any. Contacts leave a queue at the rate of its length by the usual wait, so that one in the middle waits
// half of it.
func Wait(waited []time.Duration, position, queued int) (wait time.Duration, known bool) {
	if len(waited) == 0 {
		return 0, false
	}
	var total time.Duration
	for _, w := range waited {
		total += w
	}
	usual := (total / time.Duration(len(waited))).Truncate(time.Millisecond)
	return time.Duration(float64(usual) * float64(position) / float64(max(queued, position))), true
}
