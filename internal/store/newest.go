package store

import (
	"context"
	"math/bits"
	"strconv"
	"strings"
)

// Newest reads the number of the newest item of each of these chats, 0 for one without items, in one query. Chats that do not exist
// are left out. At most 16,384 ids.
func (s *Store) Newest(ctx context.Context, chatIDs []string) (map[string]int64, error) {
	newest := make(map[string]int64, len(chatIDs))
	if len(chatIDs) == 0 {
		return newest, nil
	}
	// Statements stay prepared: the list is filled up to a power of two, so that there are few of them.
	args := make([]any, 1<<bits.Len(uint(len(chatIDs)-1)))
	for i := range args {
		args[i] = chatIDs[min(i, len(chatIDs)-1)]
	}
	var text strings.Builder
	text.WriteString("select c.id, coalesce((select seq from items where chat = c.num order by seq desc limit 1), 0) from chats c where c.id in ($1")
	for i := range args[1:] {
		text.WriteString(", $" + strconv.Itoa(i+2))
	}
	text.WriteString(")")
	err := s.engine.query(ctx, text.String(), args, func(r row) error {
		var id string
		var seq int64
		err := r.Scan(&id, &seq)
		newest[id] = seq
		return err
	})
	if err != nil {
		return nil, err
	}
	return newest, nil
}
