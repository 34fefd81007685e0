package stream

import (
	"context"
	"errors"
	"path"
)

// put returns the sender that writes one object a message: PREFIX/2026/01/31/100005.123_ID.json, by the time of the message. Sent again it
// is the same object.
func put(objects Objects, bucket, prefix string) (sender, error) {
	if objects == nil {
		return nil, errors.New("there is no storage that could take it")
	}
	return func(ctx context.Context, m Message) error {
		key := path.Join(prefix, m.Time.UTC().Format("2006/01/02/150405.000")+"_"+m.ID+".json")
		return objects.Put(ctx, bucket, key, "application/json", m.Body)
	}, nil
}
