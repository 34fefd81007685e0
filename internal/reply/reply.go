// Package reply is what the rooms that answer the Connect service say alike: that something is not there or not acceptable, that a member
// has no value, that a request was answered before, and where a list goes on.
package reply

import (
	"errors"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

// NotFound refuses a request that names something that is not there.
func NotFound(what string) error {
	return &types.ResourceNotFoundException{Message: new(what + " not found")}
}

// OrNotFound makes NotFound of an error that a row is not there and leaves other errors alone.
func OrNotFound(err error, what string) error {
	if errors.Is(err, store.ErrNotFound) {
		return NotFound(what)
	}
	return err
}

// InvalidRequest refuses a request that is malformed or makes no sense as a whole.
func InvalidRequest(why string) error { return &types.InvalidRequestException{Message: &why} }

// InvalidParameter refuses a well-formed value that is not acceptable.
func InvalidParameter(why string) error { return &types.InvalidParameterException{Message: &why} }

// Value is what a member of a request holds, the zero value if it is absent.
func Value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// Text is a member of an answer that is left out when it is empty.
func Text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Time is a member of an answer that is left out for 0, and else so many milliseconds after the epoch.
func Time(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	return new(time.UnixMilli(ms).UTC())
}
