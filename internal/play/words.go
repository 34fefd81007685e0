package play

import ptypes "github.com/openparley/parley/api/participant/types"

// Words say what an item is, as a play does: `SYSTEM "Hello"`, `EVENT chat.ended`.
func Words(it *ptypes.Item) string { return words(it, nil) }
