package center

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// AttachmentLimits say what files participants may send.
type AttachmentLimits struct {
	MaxBytes int64  // of one file
	PerChat  int    // files of one chat, those that were rejected included
	Scanner  string // the function that looks at the files of instances without one of their own; empty: nobody looks
}

// Statuses of attachments. The first two are never told. Source of the others: participant-wire sheet, section 7.
const (
	fileUploading = "UPLOADING"
	fileScanning  = "SCANNING"
	fileApproved  = "APPROVED"
	fileRejected  = "REJECTED"
)

const (
	// uploadLife is how long the bytes of a file may be sent after its announcement.
	uploadLife = 15 * time.Minute

	// orphanAfter is how long after its announcement a file must be complete. An upload that began in time may take a while.
	orphanAfter = time.Hour

	// downloadLife is how long a URL of GetAttachment is good by default. Source: participant-wire sheet, section 7.
	downloadLife = 300 * time.Second

	// completingLife is how long one call of CompleteAttachmentUpload keeps others out. It takes less, or its process is gone.
	completingLife = time.Minute

	// completingTime bounds what one call waits for the store of files.
	completingTime = 30 * time.Second
)

// StartAttachmentUpload announces a file and hands out the URL to which its bytes are to be put. The URL may be relative; whoever knows the
// server's address makes it absolute.
func (s *Service) StartAttachmentUpload(
	ctx context.Context, conn auth.Connection, in *participant.StartAttachmentUploadInput,
) (*participant.StartAttachmentUploadOutput, error) {
	name, contentType, size := *in.AttachmentName, *in.ContentType, *in.AttachmentSizeInBytes
	token := hex.EncodeToString(tokenOf(in.ClientToken, conn.ParticipantID, name, contentType, fmt.Sprint(size)))
	id := newID()
	var file *store.Attachment
	err := s.updateAs(ctx, conn, nil, func(sc *scene, caller store.Participant) error {
		scope := "StartAttachmentUpload/" + sc.chat.ID
		earlier, err := sc.tx.Request(scope, token)
		if err == nil {
			file, err = sc.tx.Attachment(string(earlier.Answer))
			return err
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		file = &store.Attachment{
			ID: id, ChatID: sc.chat.ID, ContactID: sc.contact.ID, ParticipantID: caller.ID, InstanceID: sc.chat.InstanceID,
			Status: fileUploading, Name: name, Size: size, CreatedAt: sc.now(),
		}
		file.ContentType, _, _ = mime.ParseMediaType(contentType)
		if err := sc.announce(file, contentType); err != nil {
			return err
		}
		if err := sc.speak(&caller); err != nil {
			return err
		}
		sc.tx.PutRequest(store.Request{
			Scope: scope, Token: token, Answer: []byte(file.ID), ExpiresAt: sc.tx.Now().Add(eventTokenLife).UnixMilli(),
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	expires := time.UnixMilli(file.CreatedAt).Add(uploadLife)
	url, headers, err := s.Objects.PresignPut(ctx, file.Bucket, file.UploadKey(), file.ContentType, file.Size, expires.Sub(s.Store.Now()))
	if err != nil {
		return nil, fmt.Errorf("sign the upload of attachment %s: %w", file.ID, err)
	}
	return &participant.StartAttachmentUploadOutput{
		AttachmentId: &file.ID,
		UploadMetadata: &ptypes.UploadMetadata{
			Url: &url, UrlExpiry: wire.Time(expires.UnixMilli()), HeadersToInclude: headers,
		},
	}, nil
}

// announce stores a file that is to come, unless it may not.
func (sc *scene) announce(file *store.Attachment, contentType string) error {
	place, err := sc.attachmentsAt()
	if err != nil {
		return err
	}
	if place == nil {
		return participantInvalid("Attachments are not enabled for this instance")
	}
	if why := fileProblem(file.Name, contentType); why != "" {
		return participantInvalid(why)
	}
	if file.Size > sc.Attachments.MaxBytes {
		return tooManyFiles(fmt.Sprintf("AttachmentSizeInBytes: a file has at most %d bytes", sc.Attachments.MaxBytes))
	}
	count, err := sc.tx.CountAttachments(sc.chat.ID, sc.Attachments.PerChat)
	if err != nil {
		return err
	}
	if count >= sc.Attachments.PerChat {
		return tooManyFiles(fmt.Sprintf("The chat has %d attachments, which is the limit", count))
	}
	file.Bucket, file.Key = place.Bucket, fileKey(place.Prefix, file, sc.tx.Now())
	sc.tx.PutAttachment(file)
	return sc.cleanLater(file.ID, *file, orphanAfter)
}

func tooManyFiles(why string) error { return &ptypes.ServiceQuotaExceededException{Message: &why} }

// fileKey is where Amazon Connect keeps an attachment too. Source: administrator guide, "Set up attachment scanning" (example).
func fileKey(prefix string, file *store.Attachment, now time.Time) string {
	key := "chat/" + now.Format("2006/01/02/") + file.ID + now.Format("_20060102T15:04_UTC") + ending(file.Name)
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		key = prefix + "/" + key
	}
	return key
}

// attachmentsAt is where the instance of the chat keeps attachments; nil when it takes none.
func (sc *scene) attachmentsAt() (*store.StorageConfig, error) {
	instance, err := sc.tx.Instance(sc.chat.InstanceID)
	if err != nil {
		return nil, err
	}
	return sc.attachmentsOf(instance), nil
}

func (s *Service) attachmentsOf(instance *store.Instance) *store.StorageConfig {
	if s.Objects == nil {
		return nil
	}
	return storage(instance, types.InstanceStorageResourceTypeAttachments)
}

// TakesAttachments reports whether participants of an instance's chats may send files. The instance is named by its id or ARN.
func (s *Service) TakesAttachments(ctx context.Context, instance string) (bool, error) {
	id, _ := s.Scope.InstanceID(instance)
	row, err := s.Store.Instance(ctx, id)
	if err != nil {
		return false, err
	}
	return s.attachmentsOf(row) != nil, nil
}

// CompleteAttachmentUpload says that the bytes of a file are there. They are looked at, and the file is put into the transcript, at once or
// when the scanner has approved it.
func (s *Service) CompleteAttachmentUpload(
	ctx context.Context, conn auth.Connection, in *participant.CompleteAttachmentUploadInput,
) (*participant.CompleteAttachmentUploadOutput, error) {
	id, token := in.AttachmentIds[0], hex.EncodeToString(tokenOf(in.ClientToken, conn.ParticipantID))
	var file *store.Attachment
	err := s.updateAs(ctx, conn, nil, func(sc *scene, caller store.Participant) (err error) {
		file, err = sc.claim(caller, id, token)
		return err
	})
	if err != nil {
		return nil, err
	}
	if file.Status == fileUploading {
		problem, err := s.receiveFile(ctx, file)
		if err != nil {
			return nil, fmt.Errorf("look at attachment %s: %w", id, err)
		}
		err = s.updateAs(ctx, conn, nil, func(sc *scene, caller store.Participant) error {
			return sc.complete(caller, id, token, problem)
		})
		if err == nil && problem != "" {
			err = participantInvalid(problem)
		}
		if err != nil {
			return nil, err
		}
	}
	return &participant.CompleteAttachmentUploadOutput{}, nil
}

// claim has a file completed by one call at a time. A file that was completed with the token is returned as it is.
func (sc *scene) claim(caller store.Participant, id, token string) (*store.Attachment, error) {
	if sc.contact.Whisper != nil {
		return nil, &ptypes.ThrottlingException{Message: new("A whisper runs: the file can be sent when it is over")}
	}
	file, err := sc.tx.Attachment(id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err != nil || file.ChatID != sc.chat.ID || file.ParticipantID != caller.ID {
		return nil, participantInvalid("AttachmentIds: no upload has this id; a file that is not completed within an hour is forgotten")
	}
	by, busy := file.Completing, file.CompletingAt+completingLife.Milliseconds() > sc.now()
	switch {
	case file.Status != fileUploading && by != token:
		return nil, &ptypes.ConflictException{Message: new("The attachment was completed already")}
	case file.Status != fileUploading:
		return file, nil
	case by != "" && by != token && busy:
		return nil, &ptypes.ConflictException{Message: new("The attachment is being completed")}
	}
	file.Completing, file.CompletingAt = token, sc.now()
	sc.tx.PutAttachment(file)
	return file, nil
}

// receiveFile takes what was uploaded to where it stays, so that nobody changes it any more, and says what is wrong with it, if
// anything is.
func (s *Service) receiveFile(ctx context.Context, file *store.Attachment) (problem string, err error) {
	ctx, cancel := context.WithTimeout(ctx, completingTime)
	defer cancel()
	err = s.Objects.Move(ctx, file.Bucket, file.UploadKey(), file.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return "The bytes of the attachment did not arrive", nil
	}
	if err != nil {
		return "", err
	}
	size, err := s.Objects.Stat(ctx, file.Bucket, file.Key)
	if err != nil {
		return "", err
	}
	if size != file.Size {
		problem = fmt.Sprintf("The attachment has %d bytes, not %d as announced", size, file.Size)
	} else {
		content, err := s.Objects.Get(ctx, file.Bucket, file.Key)
		if err != nil {
			return "", err
		}
		defer content.Close()
		ok, err := holds(file.Name, content)
		if err != nil {
			return "", err
		}
		if !ok {
			problem = "The attachment is not what its name and ContentType say"
		}
	}
	if problem != "" {
		return problem, s.Objects.Delete(ctx, file.Bucket, file.Key)
	}
	return "", nil
}

// complete applies what receiveFile found. A file with a problem may be uploaded again.
func (sc *scene) complete(caller store.Participant, id, token, problem string) error {
	file, err := sc.tx.Attachment(id)
	if errors.Is(err, store.ErrNotFound) {
		return participantInvalid("AttachmentIds: the upload took too long and was forgotten")
	}
	if err != nil || file.Completing != token || file.Status != fileUploading {
		return err // the same call was repeated, and the other one was faster
	}
	if problem != "" {
		file.Completing, file.CompletingAt = "", 0
		sc.tx.PutAttachment(file)
		return nil
	}
	file.CompletedAt = sc.now()
	scanner, err := sc.scanner()
	if err != nil {
		return err
	}
	if scanner != "" {
		file.Status = fileScanning
		sc.tx.PutAttachment(file)
		sc.putJob(jobScan, file.ID, 0, []byte(scanner))
		return nil
	}
	return sc.decide(file, caller, fileApproved)
}

// decide puts a file into the transcript: for everybody, or for its sender alone when it was rejected.
// Source: participant-wire sheet, section 13 (23).
func (sc *scene) decide(file *store.Attachment, from store.Participant, status string) error {
	extra := store.ItemExtra{File: &store.ItemFile{ID: file.ID, Name: file.Name, ContentType: file.ContentType, Status: status}}
	if status == fileRejected {
		extra.To = []string{from.ID}
	}
	b, err := json.Marshal(extra)
	if err != nil {
		return err
	}
	it := sc.append(&store.Item{
		Type: itemAttachment, ParticipantID: from.ID, Role: from.Role, DisplayName: from.DisplayName, Extra: b,
	})
	file.Status, file.ItemID, file.ContactID = status, it.ID, it.ContactID
	sc.tx.PutAttachment(file)
	if status == fileRejected {
		return nil
	}
	if p, ok := sc.participant(from.ID); ok {
		sc.spoke(p)
	}
	if from.Role == roleCustomer {
		return sc.happened(flow.CustomerReturned)
	}
	return nil
}

// GetAttachment hands out a URL at which a file of the chat, or of a chat that it continues, can be fetched. The URL may be relative, as
// that of StartAttachmentUpload.
func (s *Service) GetAttachment(
	ctx context.Context, conn auth.Connection, in *participant.GetAttachmentInput,
) (*participant.GetAttachmentOutput, error) {
	chat, err := s.joinedChat(ctx, conn)
	if err != nil {
		return nil, err
	}
	if p, _ := present(chat, conn.ParticipantID); p.Role == roleBot {
		return nil, accessDenied()
	}
	file, err := s.Store.Attachment(ctx, *in.AttachmentId)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	past := func(p store.Past) bool { return p.ContactID == file.ContactID }
	switch {
	case err != nil || file.ChatID != chat.ID && !slices.ContainsFunc(chat.Past, past):
		return nil, participantInvalid("AttachmentId: the chat has no such attachment")
	case file.DeletedAt != 0:
		return nil, participantInvalid("AttachmentId: the attachment was deleted")
	case file.Status != fileApproved:
		return nil, participantInvalid("AttachmentId: the attachment is not approved")
	}
	if s.Objects == nil {
		return nil, participantInvalid("This server keeps no files any more")
	}
	life := downloadLife
	if in.UrlExpiryInSeconds != nil {
		life = time.Duration(*in.UrlExpiryInSeconds) * time.Second
	}
	url, err := s.Objects.PresignGet(ctx, file.Bucket, file.Key, file.ContentType, file.Name, life)
	if err != nil {
		return nil, fmt.Errorf("sign attachment %s: %w", file.ID, err)
	}
	return &participant.GetAttachmentOutput{
		Url: &url, UrlExpiry: wire.Time(s.Store.Now().Add(life).UnixMilli()), AttachmentSizeInBytes: &file.Size,
	}, nil
}
