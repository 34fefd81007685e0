package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

const (
	jobScan   = "scan"
	jobOrphan = "orphan-upload"
)

func init() {
	outsideJobs[jobScan] = (*Service).scan
	outsideJobs[jobOrphan] = (*Service).clean
}

// scanTime is how long a scanner may take for a file, with all tries.
// Source: administrator guide, "Set up attachment scanning" (invocation retry policy).
const scanTime = 60 * time.Second

// scanRequest is what a scanner is asked, as Amazon Connect asks; ContentType, Url and the ids of the contact are Parley's own, for scanners
// that can not reach the bucket. Source: administrator guide, "Set up attachment scanning".
type scanRequest struct {
	Version          string
	InstanceId       string
	ContactId        string
	InitialContactId string
	File             scannedFile
}

type scannedFile struct {
	FileId           string
	FileCreationTime int64 // Unix milliseconds
	FileName         string
	FileSizeInBytes  int64
	FileLocation     struct{ S3Location s3Location }
	ContentType      string
	Url              string // to be fetched with GET
}

type s3Location struct{ Bucket, Key, Arn string }

// scanner is the function that looks at the files of the chat, "" when nobody does: the instance's own or the server's.
func (sc *scene) scanner() (string, error) {
	instance, err := sc.tx.Instance(sc.chat.InstanceID)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(instance.Integrations, func(i store.Integration) bool { return i.Type == string(types.IntegrationTypeFileScanner) })
	if i < 0 {
		return sc.Attachments.Scanner, nil
	}
	return instance.Integrations[i].ARN, nil
}

// scan has a file looked at. Only a file that a scanner approves gets into the chat: one whose scanner fails, is late or says something
// else is rejected, and its bytes are deleted. So are those of a file whose chat has ended meanwhile.
// Source: administrator guide, "Set up attachment scanning" (rejection behavior).
func (s *Service) scan(ctx context.Context, job store.Job) error {
	file, err := s.Store.Attachment(ctx, job.Key)
	if errors.Is(err, store.ErrNotFound) {
		return s.finishJob(ctx, job, func(*scene) error { return nil })
	}
	if err != nil {
		return err
	}
	leave, err := s.calls.enter(string(job.Payload))
	if err != nil {
		return err
	}
	defer leave()
	status := fileRejected
	if err := s.askScanner(ctx, string(job.Payload), file); err == nil {
		status = fileApproved
	} else if ctx.Err() != nil {
		return err // the server stops: its successor asks again
	} else {
		s.Log.Warn("attachment is rejected", "attachment", file.ID, "chat", file.ChatID, "scanner", string(job.Payload), "why", err)
		if err := s.deleteFile(ctx, file.Bucket, file.Key); err != nil {
			return fmt.Errorf("delete rejected attachment %s: %w", file.ID, err)
		}
	}
	return s.finishJob(ctx, job, func(sc *scene) error {
		file, err := sc.tx.Attachment(job.Key)
		if err != nil || file.Status != fileScanning {
			return err
		}
		if !sc.live() {
			file.Status, file.CompletingAt = fileUploading, 0
			sc.tx.PutAttachment(file)
			return sc.cleanLater(file.ID, *file, 0)
		}
		if status == fileRejected {
			file.DeletedAt = sc.now()
		}
		i := slices.IndexFunc(sc.chat.Participants, func(p store.Participant) bool { return p.ID == file.ParticipantID })
		return sc.decide(file, sc.chat.Participants[i], status)
	})
}

// deleteFile deletes bytes, unless the server has lost sight of them: it keeps no files any more.
func (s *Service) deleteFile(ctx context.Context, bucket, key string) error {
	if s.Objects == nil {
		return nil
	}
	return s.Objects.Delete(ctx, bucket, key)
}

// askScanner returns nil when the scanner approves a file.
func (s *Service) askScanner(ctx context.Context, function string, file *store.Attachment) error {
	if s.Functions == nil {
		return errors.New("this server calls no functions")
	}
	ctx, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	if _, err := s.Objects.Stat(ctx, file.Bucket, file.Key); err != nil {
		return err
	}
	url, err := s.Objects.PresignGet(ctx, file.Bucket, file.Key, file.ContentType, file.Name, downloadLife)
	if err != nil {
		return err
	}
	request := scanRequest{
		Version: "1.0", InstanceId: file.InstanceID, ContactId: file.ContactID, InitialContactId: file.ChatID,
		File: scannedFile{
			FileId: file.ID, FileCreationTime: file.CreatedAt, FileName: file.Name, FileSizeInBytes: file.Size,
			ContentType: file.ContentType, Url: s.Locate(url),
		},
	}
	request.File.FileLocation.S3Location = s3Location{
		Bucket: file.Bucket, Key: file.Key, Arn: "arn:aws:s3:::" + file.Bucket + "/" + file.Key,
	}
	payload, err := json.Marshal(request)
	if err != nil {
		return err
	}
	var answer []byte
	err = s.insist(ctx, func() (err error) {
		answer, err = s.Functions.Invoke(ctx, function, payload)
		return err
	})
	if err != nil {
		return err
	}
	var said struct{ Status string }
	if err := json.Unmarshal(answer, &said); err != nil {
		return errors.New("the scanner's answer can not be read")
	}
	if said.Status != fileApproved {
		return errors.New("the scanner did not approve it")
	}
	return nil
}

// cleanLater has a file forgotten after d, unless it is completed by then. The job knows by itself where the bytes are.
func (sc *scene) cleanLater(id string, at store.Attachment, d time.Duration) error {
	payload, err := json.Marshal(store.Attachment{Bucket: at.Bucket, Key: at.Key})
	if err == nil {
		sc.putJob(jobOrphan, id, d, payload)
	}
	return err
}

// clean forgets a file that was announced and not completed, and deletes what was uploaded of it. Of a file that was completed it deletes
// what somebody uploaded afterwards.
func (s *Service) clean(ctx context.Context, job store.Job) error {
	var at store.Attachment
	if err := json.Unmarshal(job.Payload, &at); err != nil {
		return err
	}
	var busy, orphan bool
	err := s.update(ctx, store.Key{Chat: job.ChatID}, func(sc *scene) error {
		busy, orphan = false, true
		file, err := sc.tx.Attachment(job.Key)
		if errors.Is(err, store.ErrNotFound) {
			return nil // it was forgotten, and its bytes could not be deleted
		}
		if err != nil {
			return err
		}
		orphan = file.Status == fileUploading
		busy = orphan && file.CompletingAt+completingLife.Milliseconds() > sc.now()
		if orphan && !busy {
			sc.tx.DeleteAttachment(file.ID)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNoChat) {
		return err
	}
	if busy {
		return s.finishJob(ctx, job, func(sc *scene) error { return sc.cleanLater(job.Key, at, completingLife) })
	}
	err = s.deleteFile(ctx, at.Bucket, at.UploadKey())
	if orphan {
		err = errors.Join(err, s.deleteFile(ctx, at.Bucket, at.Key))
	}
	if err != nil {
		return fmt.Errorf("delete what was uploaded of attachment %s: %w", job.Key, err)
	}
	return s.finishJob(ctx, job, func(*scene) error { return nil })
}
