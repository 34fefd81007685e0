package center

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// defaultTranscriptPage is MaxResults when it is absent or 0. Source: Participant Service model, GetTranscript.
const defaultTranscriptPage = 10

// GetTranscript reads a page of the chat's items: from the anchor, which is part of the page, in the scan direction, and then put
// into the sort order. Behind the beginning of a persistent chat lies its past, in pages of its own. The token of the next page stays valid
// for ever.
func (s *Service) GetTranscript(
	ctx context.Context, conn auth.Connection, in *participant.GetTranscriptInput,
) (*participant.GetTranscriptOutput, error) {
	chat, err := s.joinedChat(ctx, conn)
	if err != nil {
		return nil, err
	}
	out := &participant.GetTranscriptOutput{InitialContactId: &chat.ID, Transcript: []ptypes.Item{}}
	limit := defaultTranscriptPage
	if in.MaxResults != nil && *in.MaxResults > 0 {
		limit = int(*in.MaxResults)
	}
	newestFirst := true
	if at, ok := parsePlace(reply.Value(in.NextToken)); ok {
		err = s.pastPage(ctx, chat, conn.ParticipantID, at, limit, out)
	} else {
		newestFirst, err = s.currentPage(ctx, chat, conn.ParticipantID, in, limit, out)
	}
	if err != nil {
		return nil, err
	}
	if ascending := in.SortOrder == ptypes.SortKeyAscending; ascending == newestFirst {
		slices.Reverse(out.Transcript)
	}
	return out, nil
}

// currentPage fills in a page of the chat itself. One that reaches its beginning backward leads on to the past, unless the request named
// an anchor or a contact: those are of the chat itself. Source: participant-wire sheet, 3.4.
func (s *Service) currentPage(
	ctx context.Context, chat *store.Chat, reader string, in *participant.GetTranscriptInput, limit int, out *participant.GetTranscriptOutput,
) (newestFirst bool, err error) {
	q, found, err := s.transcriptQuery(ctx, chat, reader, in)
	if err != nil || !found {
		return false, err
	}
	q.ContactID = reply.Value(in.ContactId)
	items, last, more, err := s.visibleItems(ctx, chat, reader, q, limit)
	if err != nil {
		return false, err
	}
	switch {
	case more:
		out.NextToken = new(pageToken(q.Backward, last))
	case q.Backward && q.ContactID == "" && !anchored(in):
		past, err := s.pastItems(ctx, chat, place{}, 1)
		if err != nil {
			return false, err
		}
		if len(past) > 0 {
			out.NextToken = new(place{}.token())
		}
	}
	for i := range items {
		it, err := transcriptItem(&items[i])
		if err != nil {
			return false, err
		}
		out.Transcript = append(out.Transcript, it)
	}
	return q.Backward, nil
}

// Where others than the reader may see items, more are read than a page has: hiddenPage at a time, and mostRead in all.
const (
	hiddenPage = 100
	mostRead   = 2000
)

// visibleItems reads up to n items that a participant may see: what others alone may see takes none of their places. last is the number of the
// item up to which was read, and more says whether there may be items behind it.
func (s *Service) visibleItems(
	ctx context.Context, chat *store.Chat, reader string, q store.ItemQuery, n int,
) (items []store.Item, last int64, more bool, err error) {
	q.Limit = n + 1
	for read := 0; ; q.Limit = hiddenPage {
		found, err := s.Store.Items(ctx, chat.Num, q)
		if err != nil {
			return nil, 0, false, err
		}
		for i := range found {
			if len(items) == n {
				return items, last, true, nil
			}
			ok, err := visible(&found[i], reader)
			if err != nil {
				return nil, 0, false, err
			}
			if last = found[i].Seq; ok {
				items = append(items, found[i])
			}
		}
		more = len(found) == q.Limit
		if read += len(found); !more || read >= mostRead {
			return items, last, more, nil
		}
		if q.Backward {
			q.Before = last
		} else {
			q.After = last
		}
	}
}

// anchored reports whether a request names where to begin; chatjs sends an empty StartPosition that names nothing.
func anchored(in *participant.GetTranscriptInput) bool {
	start := in.StartPosition
	return start != nil && (reply.Value(start.Id) != "" || reply.Value(start.AbsoluteTime) != "" || start.MostRecent > 0)
}

// transcriptQuery turns the anchor and the direction of a request into a range of item numbers. found is false when the anchor is
// an item that the chat does not have.
func (s *Service) transcriptQuery(
	ctx context.Context, chat *store.Chat, reader string, in *participant.GetTranscriptInput,
) (q store.ItemQuery, found bool, err error) {
	if t := reply.Value(in.NextToken); t != "" {
		backward, seq, err := parsePageToken(t)
		if err != nil {
			return q, false, err
		}
		if backward {
			return store.ItemQuery{Backward: true, Before: seq}, seq > 1, nil
		}
		return store.ItemQuery{After: seq}, true, nil
	}
	start := in.StartPosition
	q.Backward = in.ScanDirection == ptypes.ScanDirectionBackward || in.ScanDirection == "" && !anchored(in)
	if !anchored(in) {
		return q, true, nil
	}
	var anchor int64
	switch {
	case reply.Value(start.Id) != "":
		it, err := s.Store.ItemByID(ctx, chat.Num, *start.Id)
		if errors.Is(err, store.ErrNotFound) {
			return q, false, nil
		}
		if err != nil {
			return q, false, err
		}
		anchor = it.Seq
	case reply.Value(start.AbsoluteTime) != "":
		at, err := time.Parse(time.RFC3339Nano, *start.AbsoluteTime)
		if err != nil {
			return q, false, participantInvalid(fmt.Sprintf("StartPosition.AbsoluteTime: %q is not a time such as 2026-01-31T10:00:00.000Z", *start.AbsoluteTime))
		}
		near, err := s.Store.ItemNear(ctx, chat.Num, at, q.Backward)
		if errors.Is(err, store.ErrNotFound) {
			return q, false, nil
		}
		if err != nil {
			return q, false, err
		}
		anchor = near.Seq
	default:
		newest, last, _, err := s.visibleItems(ctx, chat, reader, store.ItemQuery{Backward: true}, int(start.MostRecent))
		if err != nil {
			return q, false, err
		}
		if anchor = last; len(newest) > 0 {
			anchor = newest[len(newest)-1].Seq
		}
	}
	if q.Backward {
		q.Before = anchor + 1
	} else {
		q.After = anchor - 1
	}
	return q, true, nil
}

// pageToken names where the next page begins: after or before an item, by direction. It holds no secret: the transcript is that of
// the caller's chat whatever it says.
func pageToken(backward bool, seq int64) string {
	direction := "f"
	if backward {
		direction = "b"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(direction + strconv.FormatInt(seq, 10)))
}

func parsePageToken(token string) (backward bool, seq int64, err error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil && len(b) > 1 && strings.IndexByte("bf", b[0]) >= 0 {
		if seq, err = strconv.ParseInt(string(b[1:]), 10, 64); err == nil && seq > 0 {
			return b[0] == 'b', seq, nil
		}
	}
	return false, 0, participantInvalid("NextToken was not made by GetTranscript")
}
