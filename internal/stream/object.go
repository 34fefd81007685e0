package stream

import (
	"context"
	"errors"
	"path"
)

// Objects keeps objects in buckets.
type Objects interface {
	// Put writes an object, in place of one that has the key.
	Put(ctx context.Context, bucket, key, contentType string, content []byte) error
}

var errNoStorage = errors.New("there is no storage that could take it")

// put returns the sender that writes one object a message: PREFIX/2026/01/31/100005.123_ID.json, by the time of the message. Sent again it
// is the same object. Without a bucket each kind of message has its own.
func put(objects Objects, bucket, prefix string) sender {
	return func(ctx context.Context, m Message) error {
		in := bucket
		if in == "" {
			in = m.Kind + "s"
		}
		key := path.Join(prefix, m.Time.UTC().Format("2006/01/02/150405.000")+"_"+m.ID+".json")
		return objects.Put(ctx, in, key, "application/json", m.Body)
	}
}
