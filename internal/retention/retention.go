// Package retention lets go of what a contact centre has kept of its chats: after as many days as are set, or at once for one customer,
// whose chats it hands out as well.
package retention

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/openparley/parley/api/connect"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/store"
)

// Objects is where files are kept.
type Objects interface {
	Get(ctx context.Context, bucket, key string) (io.ReadCloser, error)
	Delete(ctx context.Context, bucket, key string) error
	PresignGet(ctx context.Context, bucket, key, contentType, fileName string, life time.Duration) (url string, err error)
}

// Center is the contact centre whose chats these are.
type Center interface {
	DescribeContact(context.Context, *connect.DescribeContactInput) (*connect.DescribeContactOutput, error)
	StopContact(context.Context, *connect.StopContactInput) (*connect.StopContactOutput, error)

	// Items reads up to limit items of a chat that come after the one with that number, as GetTranscript gives them. last is the number
	// of the last one read, 0 at the end.
	Items(ctx context.Context, chat *store.Chat, after int64, limit int) (items []ptypes.Item, last int64, err error)

	// Record is the contact record of a contact that has ended, in JSON.
	Record(ctx context.Context, contactID string) ([]byte, error)
}

// Days are how long things are kept after the end of their chat; 0 is for ever.
type Days struct{ Transcripts, Attachments, Records int }

// Config says what retention stands on. All but Objects are required.
type Config struct {
	Store   *store.Store
	Objects Objects // nil: there are no files
	Center  Center

	// Days tells how long an instance keeps things.
	Days func(*store.Instance) Days

	Log *slog.Logger
}

// Service lets go of chats. It may run on several nodes at once.
type Service struct {
	Config
	transcripts, attachments, records atomic.Int64
}

// New returns the retention of a contact centre.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Config: c}
}

// Stats are figures since New.
type Stats struct{ Transcripts, Attachments, Records int64 }

// Stats returns how much was let go because of its age: transcripts and records count once for each chat.
func (s *Service) Stats() Stats {
	return Stats{s.transcripts.Load(), s.attachments.Load(), s.records.Load()}
}

// file is where a file is kept.
type file struct{ Bucket, Key string }

// transcriptFiles are the files that hold the transcripts of contacts.
func transcriptFiles(contacts []store.Contact) []file {
	var all []file
	for i := range contacts {
		if bucket, key, ok := strings.Cut(contacts[i].Transcript, "/"); ok {
			all = append(all, file{bucket, key})
		}
	}
	return all
}

// attachmentFiles are the files that hold the bytes of attachments, or may: somebody may be sending them.
func attachmentFiles(attachments []store.Attachment) []file {
	var all []file
	for i := range attachments {
		if a := &attachments[i]; a.Key != "" {
			all = append(all, file{a.Bucket, a.Key}, file{a.Bucket, a.UploadKey()})
		}
	}
	return all
}

// stored reports whether the bytes of an attachment are there.
func stored(a *store.Attachment) bool { return a.CompletedAt != 0 && a.DeletedAt == 0 }

var errNoStorage = errors.New("files can not be deleted: no storage is configured")

func (s *Service) deleteFiles(ctx context.Context, files []file) error {
	if len(files) > 0 && s.Objects == nil {
		return errNoStorage
	}
	for _, f := range files {
		if err := s.Objects.Delete(ctx, f.Bucket, f.Key); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
