package retention

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// foundPage is how many chats an answer of FindChats holds at most.
	foundPage = 100

	// itemsPage is how many items an answer of ExportChat holds at most: each has up to 16 KiB.
	itemsPage = 500

	// fetchTime is how long the address of an attachment may be used.
	fetchTime = 15 * time.Minute
)

// FindChats finds the chats of a customer, by instance and then by id, or the chat of a contact.
func (s *Service) FindChats(ctx context.Context, in *parley.FindChatsInput) (*parley.FindChatsOutput, error) {
	customer, contact := reply.Value(in.CustomerId), reply.Value(in.ContactId)
	if (customer == "") == (contact == "") {
		return nil, reply.InvalidRequest("Either CustomerId or ContactId is needed")
	}
	if contact != "" {
		return s.findChat(ctx, contact, reply.Value(in.InstanceId))
	}
	at, after, err := parsePlace(reply.Value(in.NextToken))
	if err != nil {
		return nil, err
	}
	instances, err := s.instances(ctx, reply.Value(in.InstanceId), at)
	if err != nil {
		return nil, err
	}
	out := &parley.FindChatsOutput{Chats: []parley.Chat{}}
	for _, instance := range instances {
		if instance != at {
			after = ""
		}
		rows, err := s.Store.CustomerChats(ctx, instance, customer, after, foundPage+1-len(out.Chats))
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if len(out.Chats) == foundPage {
				last := out.Chats[foundPage-1]
				out.NextToken = new(place(*last.InstanceId, *last.ContactId))
				return out, nil
			}
			found, err := s.found(ctx, &rows[i])
			if err != nil {
				return nil, err
			}
			out.Chats = append(out.Chats, found)
		}
	}
	return out, nil
}

// instances are the ids of all instances from one on, in order, or the only one that is asked for.
func (s *Service) instances(ctx context.Context, only, from string) ([]string, error) {
	if only != "" {
		if _, err := s.Store.Instance(ctx, only); err != nil {
			return nil, reply.OrNotFound(err, "Instance")
		}
		return []string{only}, nil
	}
	var ids []string
	const page = 1000
	for after := ""; ; {
		rows, err := s.Store.Instances(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if after = rows[i].ID; after >= from {
				ids = append(ids, after)
			}
		}
		if len(rows) < page {
			return ids, nil
		}
	}
}

func (s *Service) findChat(ctx context.Context, contact, instance string) (*parley.FindChatsOutput, error) {
	out := &parley.FindChatsOutput{Chats: []parley.Chat{}}
	chat, err := s.chatOf(ctx, contact)
	if errors.Is(err, store.ErrNotFound) || err == nil && instance != "" && chat.InstanceID != instance {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	found, err := s.found(ctx, chat)
	if err != nil {
		return nil, err
	}
	out.Chats = append(out.Chats, found)
	return out, nil
}

// chatOf reads the chat that a contact belongs to.
func (s *Service) chatOf(ctx context.Context, contact string) (*store.Chat, error) {
	ct, err := s.Store.Contact(ctx, contact)
	if err != nil {
		return nil, err
	}
	return s.Store.Chat(ctx, ct.ChatID)
}

// found is a chat with the count of what is kept of it.
func (s *Service) found(ctx context.Context, chat *store.Chat) (parley.Chat, error) {
	kept, _, err := s.kept(ctx, chat)
	return parley.Chat{
		InstanceId: &chat.InstanceID, ContactId: &chat.ID, CustomerId: reply.Text(chat.CustomerID),
		InitiationTimestamp: reply.Time(chat.StartedAt), DisconnectTimestamp: reply.Time(chat.EndedAt), Kept: kept,
	}, err
}

// kept counts what is kept of a chat, and tells where its files are.
func (s *Service) kept(ctx context.Context, chat *store.Chat) (*parley.Kept, []file, error) {
	rows, err := s.Store.CountRows(ctx, chat)
	if err != nil {
		return nil, nil, err
	}
	contacts, err := s.Store.ChatContacts(ctx, chat.ID)
	if err != nil {
		return nil, nil, err
	}
	attachments, err := s.Store.Attachments(ctx, chat.ID)
	if err != nil {
		return nil, nil, err
	}
	files := transcriptFiles(contacts)
	kept := &parley.Kept{
		Contacts: rows.Contacts, Items: rows.Items, Attachments: rows.Attachments, Files: int64(len(files)),
		Untold: rows.Outs, DeadLetters: rows.DeadOuts,
	}
	for i := range attachments {
		if stored(&attachments[i]) {
			kept.Files++
		}
	}
	return kept, append(files, attachmentFiles(attachments)...), nil
}

// EraseChat deletes all that is kept of the chat that a contact belongs to. What fails half-way is erased by doing it again.
func (s *Service) EraseChat(ctx context.Context, in *parley.EraseChatInput) (*parley.EraseChatOutput, error) {
	chat, err := s.chatOf(ctx, *in.ContactId)
	if errors.Is(err, store.ErrNotFound) {
		return &parley.EraseChatOutput{Erased: &parley.Kept{}}, nil
	}
	if err != nil {
		return nil, err
	}
	if chat, err = s.over(ctx, chat, in.End); err != nil {
		return nil, err
	}
	kept, files, err := s.kept(ctx, chat)
	if err != nil {
		return nil, err
	}
	// The files go first, as the rows alone know where they are, and again afterwards: a transcript may have been written meanwhile.
	if err := s.deleteAgain(ctx, chat.ID, files); err != nil {
		return nil, err
	}
	if err := s.deleteFiles(ctx, files); err != nil {
		return nil, err
	}
	if err := s.Store.EraseChat(ctx, chat.ID); err != nil {
		return nil, err
	}
	if err := s.deleteFiles(ctx, files); err != nil {
		return nil, err
	}
	if err := s.Store.Scrub(ctx); err != nil {
		s.Log.Warn("what was erased is still in the log of the database, until that is written anew", "error", err)
	}
	s.Log.Info("chat erased", "chat", chat.ID, "instance", chat.InstanceID)
	return &parley.EraseChatOutput{Erased: kept}, nil
}

// over returns a chat that has ended, and ends it if that is wished.
func (s *Service) over(ctx context.Context, chat *store.Chat, end bool) (*store.Chat, error) {
	const most = 3 // contacts may follow each other meanwhile
	for range most {
		if chat.EndedAt != 0 {
			return chat, nil
		}
		if !end {
			break
		}
		_, err := s.Center.StopContact(ctx, &connect.StopContactInput{InstanceId: &chat.InstanceID, ContactId: &chat.ContactID})
		if err != nil {
			return nil, err
		}
		if chat, err = s.Store.Chat(ctx, chat.ID); err != nil {
			return nil, err
		}
	}
	if chat.EndedAt != 0 {
		return chat, nil
	}
	return nil, &ctypes.ResourceConflictException{Message: new("The chat " + chat.ID + " has not ended")}
}

// ExportChat reads the chat that a contact belongs to.
func (s *Service) ExportChat(ctx context.Context, in *parley.ExportChatInput) (*parley.ExportChatOutput, error) {
	chat, err := s.chatOf(ctx, *in.ContactId)
	if err != nil {
		return nil, reply.OrNotFound(err, "Contact")
	}
	out := &parley.ExportChatOutput{}
	var after int64
	if token := reply.Value(in.NextToken); token != "" {
		if after, err = strconv.ParseInt(token, 10, 64); err != nil {
			return nil, reply.BadToken()
		}
	} else if err := s.exportRows(ctx, chat, out); err != nil {
		return nil, err
	}
	items, last, err := s.Center.Items(ctx, chat, after, itemsPage)
	if err != nil {
		return nil, err
	}
	out.Transcript = items
	if last != 0 {
		out.NextToken = new(strconv.FormatInt(last, 10))
	}
	return out, nil
}

// exportRows reads what of a chat is not its transcript.
func (s *Service) exportRows(ctx context.Context, chat *store.Chat, out *parley.ExportChatOutput) error {
	contacts, err := s.Store.ChatContacts(ctx, chat.ID)
	if err != nil {
		return err
	}
	for i := range contacts {
		ct := &contacts[i]
		described, err := s.Center.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: &ct.InstanceID, ContactId: &ct.ID})
		if err != nil {
			return err
		}
		out.Contacts = append(out.Contacts, *described.Contact)
		if ct.EndedAt == 0 {
			continue
		}
		record, err := s.Center.Record(ctx, ct.ID)
		if err != nil {
			return err
		}
		out.Records = append(out.Records, string(record))
	}
	attachments, err := s.Store.Attachments(ctx, chat.ID)
	if err != nil {
		return err
	}
	for i := range attachments {
		a := &attachments[i]
		out.Attachments = append(out.Attachments, parley.Attachment{
			AttachmentId: &a.ID, AttachmentName: reply.Text(a.Name), AttachmentSizeBytes: &a.Size, ContentType: reply.Text(a.ContentType),
			ContactId: reply.Text(a.ContactID), ParticipantId: reply.Text(a.ParticipantID), Status: reply.Text(a.Status),
			CreatedTimestamp: reply.Time(a.CreatedAt), Stored: stored(a),
		})
	}
	return nil
}

// LocateAttachment tells where the bytes of an attachment can be fetched.
func (s *Service) LocateAttachment(ctx context.Context, in *parley.LocateAttachmentInput) (*parley.LocateAttachmentOutput, error) {
	a, err := s.attachment(ctx, *in.AttachmentId)
	if err != nil {
		return nil, err
	}
	url, err := s.Objects.PresignGet(ctx, a.Bucket, a.Key, a.ContentType, a.Name, fetchTime)
	if err != nil {
		return nil, err
	}
	return &parley.LocateAttachmentOutput{Url: &url}, nil
}

// OpenAttachment opens the bytes of an attachment. The caller closes them.
func (s *Service) OpenAttachment(ctx context.Context, id string) (io.ReadCloser, error) {
	a, err := s.attachment(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.Objects.Get(ctx, a.Bucket, a.Key)
}

// attachment finds an attachment whose bytes are there.
func (s *Service) attachment(ctx context.Context, id string) (*store.Attachment, error) {
	a, err := s.Store.Attachment(ctx, id)
	if err == nil && (s.Objects == nil || !stored(a)) {
		err = store.ErrNotFound
	}
	return a, reply.OrNotFound(err, "Attachment")
}

// place is the token for the chats that come after one.
func place(instance, chat string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(instance + "\x00" + chat))
}

func parsePlace(token string) (instance, chat string, err error) {
	if token == "" {
		return "", "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	instance, chat, ok := strings.Cut(string(b), "\x00")
	if err != nil || !ok {
		return "", "", reply.BadToken()
	}
	return instance, chat, nil
}
