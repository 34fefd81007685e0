package reply

import (
	"errors"
	"slices"

	"github.com/openparley/parley/internal/store"
)

// Answered returns the answer to an earlier request with the same ClientToken, nil if there was none or the request has no token. A token
// that came with other parameters is refused.
func Answered(tx *store.Tx, r store.Request) ([]byte, error) {
	if r.Token == "" {
		return nil, nil
	}
	earlier, err := tx.Request(r.Scope, r.Token)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case !slices.Equal(earlier.Hash, r.Hash):
		return nil, InvalidRequest("ClientToken was used before with other parameters")
	}
	return earlier.Answer, nil
}
