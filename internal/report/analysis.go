package report

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// ListRealtimeContactAnalysisSegmentsV2 reads what was said in a contact, so far or at all, as segments of an analysis: messages, events
// and files. Nothing is found in it: there are no categories, issues and summaries.
func (s *Service) ListRealtimeContactAnalysisSegmentsV2(
	ctx context.Context, in *connect.ListRealtimeContactAnalysisSegmentsV2Input,
) (*connect.ListRealtimeContactAnalysisSegmentsV2Output, error) {
	if len(in.SegmentTypes) == 0 {
		return nil, reply.InvalidRequest("SegmentTypes is missing")
	}
	ct, err := s.names().Contact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	if in.OutputType != types.RealTimeContactAnalysisOutputTypeRaw {
		return nil, &types.OutputTypeNotFoundException{Message: new("Nothing is redacted: there is the output type Raw alone")}
	}
	list := "analysis/" + ct.ID
	place, err := reply.After(list, in.NextToken)
	after := int64(0)
	if place != "" {
		after, err = strconv.ParseInt(place, 10, 64)
	}
	if err != nil {
		return nil, reply.InvalidRequest("NextToken is not a token of this contact")
	}
	chat, err := s.Store.Chat(ctx, ct.ChatID)
	if err != nil {
		return nil, reply.OrNotFound(err, "Contact")
	}
	out := &connect.ListRealtimeContactAnalysisSegmentsV2Output{
		Channel: types.RealTimeContactAnalysisSupportedChannelChat, Status: types.RealTimeContactAnalysisStatusInProgress,
		Segments: []types.RealtimeContactAnalysisSegment{},
	}
	if ct.EndedAt != 0 {
		out.Status = types.RealTimeContactAnalysisStatusCompleted
	}
	const portion = 256
	size := reply.PageSize(in.MaxResults, usualPage)
	for {
		items, err := s.Store.Items(ctx, chat.Num, store.ItemQuery{After: after, ContactID: ct.ID, Limit: portion})
		if err != nil {
			return nil, err
		}
		for i := range items {
			it := &items[i]
			kind, segment, err := segmentOf(it)
			if err != nil {
				return nil, err
			}
			if slices.Contains(in.SegmentTypes, kind) {
				if len(out.Segments) == size {
					out.NextToken = reply.Token(list, strconv.FormatInt(after, 10))
					return out, nil
				}
				out.Segments = append(out.Segments, segment)
			}
			after = it.Seq
		}
		if len(items) < portion {
			return out, nil
		}
	}
}

// segmentOf is an item as a segment. It has no kind if not everybody may see it.
func segmentOf(it *store.Item) (kind types.RealTimeContactAnalysisSegmentType, segment types.RealtimeContactAnalysisSegment, err error) {
	extra, err := it.ReadExtra()
	if err != nil {
		return "", nil, err
	}
	if len(extra.To) > 0 {
		return "", nil, nil
	}
	at := &types.RealTimeContactAnalysisTimeDataMemberAbsoluteTime{Value: time.UnixMilli(it.At).UTC()}
	switch {
	case it.Type == "MESSAGE":
		return types.RealTimeContactAnalysisSegmentTypeTranscript, &types.RealtimeContactAnalysisSegmentMemberTranscript{
			Value: types.RealTimeContactAnalysisSegmentTranscript{
				Id: &it.ID, Content: &it.Content, ContentType: reply.Text(it.ContentType), ParticipantId: &it.ParticipantID,
				ParticipantRole: types.ParticipantRole(it.Role), DisplayName: reply.Text(it.DisplayName), Time: at,
			},
		}, nil
	case it.Type == "EVENT":
		return types.RealTimeContactAnalysisSegmentTypeEvent, &types.RealtimeContactAnalysisSegmentMemberEvent{
			Value: types.RealTimeContactAnalysisSegmentEvent{
				Id: &it.ID, EventType: &it.ContentType, ParticipantId: reply.Text(it.ParticipantID),
				ParticipantRole: types.ParticipantRole(it.Role), DisplayName: reply.Text(it.DisplayName), Time: at,
			},
		}, nil
	case it.Type == "ATTACHMENT" && extra.File != nil:
		f := extra.File
		return types.RealTimeContactAnalysisSegmentTypeAttachments, &types.RealtimeContactAnalysisSegmentMemberAttachments{
			Value: types.RealTimeContactAnalysisSegmentAttachments{
				Id: &it.ID, ParticipantId: &it.ParticipantID, ParticipantRole: types.ParticipantRole(it.Role),
				DisplayName: reply.Text(it.DisplayName), Time: at,
				Attachments: []types.RealTimeContactAnalysisAttachment{{
					AttachmentId: &f.ID, AttachmentName: &f.Name, ContentType: reply.Text(f.ContentType), Status: types.ArtifactStatus(f.Status),
				}},
			},
		}, nil
	}
	return "", nil, nil
}
