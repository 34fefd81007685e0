package center

import "github.com/openparley/parley/internal/store"

// streamed publishes an item to the streams of the chat.
func (sc *scene) streamed(it *store.Item) {}
