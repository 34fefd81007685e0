# Walks the operations of both services with boto3: the Participant Service unsigned, as its documentation says.
import sys

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, instance, flow = sys.argv[1:]
connect = boto3.client("connect", endpoint_url=endpoint, region_name="us-east-1",
                       aws_access_key_id="parley", aws_secret_access_key="parley")
chat = boto3.client("connectparticipant", endpoint_url=endpoint, region_name="us-east-1",
                    config=Config(signature_version=UNSIGNED))


def fails(client, code, status, call, **arguments):
    """The call must fail with this error, as the class that the client has for it."""
    try:
        call(**arguments)
    except ClientError as error:
        response = error.response
        assert response["Error"]["Code"] == code, response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status, response
        assert response["Error"]["Message"] or response["problems"], response
        assert response["ResponseMetadata"]["RequestId"], response
        if hasattr(client.exceptions, code):
            assert isinstance(error, getattr(client.exceptions, code)), type(error)
        return
    raise AssertionError("%s did not fail with %s" % (call, code))


started = connect.start_chat_contact(
    InstanceId=instance, ContactFlowId=flow, ParticipantDetails={"DisplayName": "Ana ü"},
    Attributes={"plan": "gold"}, InitialMessage={"ContentType": "text/plain", "Content": "Guten Täg"})
contact = started["ContactId"]
described = connect.describe_contact(InstanceId=instance, ContactId=contact)["Contact"]
assert described["Channel"] == "CHAT" and described["InitiationTimestamp"].year >= 2020, described
assert connect.get_contact_attributes(InstanceId=instance, InitialContactId=contact)["Attributes"] == {"plan": "gold"}
connect.update_contact_attributes(InstanceId=instance, InitialContactId=contact, Attributes={"plan": "silver"})
assert connect.list_instances()["InstanceSummaryList"][0]["Id"] == instance
connect.describe_instance(InstanceId=instance)
assert connect.list_contact_flows(InstanceId=instance, ContactFlowTypes=["CONTACT_FLOW"])["ContactFlowSummaryList"]
connect.describe_contact_flow(InstanceId=instance, ContactFlowId=flow + ":$SAVED")
fails(connect, "ResourceNotFoundException", 404, connect.describe_contact, InstanceId=instance, ContactId="nobody")
fails(connect, "InvalidContactFlowException", 400, connect.create_contact_flow, InstanceId=instance, Name="x",
      Type="CONTACT_FLOW", Content='{"Version":"2019-10-30","StartAction":"a","Actions":[]}')

connection = chat.create_participant_connection(
    ParticipantToken=started["ParticipantToken"], Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"], ConnectParticipant=True)
token = connection["ConnectionCredentials"]["ConnectionToken"]
sent = chat.send_message(ConnectionToken=token, ContentType="text/plain", Content="Hello", ClientToken="once")
again = chat.send_message(ConnectionToken=token, ContentType="text/plain", Content="Hello", ClientToken="once")
assert sent["Id"] == again["Id"] and sent["AbsoluteTime"] == again["AbsoluteTime"]
chat.send_event(ConnectionToken=token, ContentType="application/vnd.amazonaws.connect.event.typing")
transcript = chat.get_transcript(ConnectionToken=token, SortOrder="ASCENDING", StartPosition={})
assert transcript["InitialContactId"] == contact
said = [item["Content"] for item in transcript["Transcript"] if "Content" in item]
assert said == ["Guten Täg", "One", "Two", "Hello"], said
fails(chat, "AccessDeniedException", 403, chat.send_message, ConnectionToken="junk", ContentType="text/plain", Content="x")
fails(chat, "ValidationException", 400, chat.send_message, ConnectionToken=token, ContentType="text/markdown", Content="x")
fails(chat, "ResourceNotFoundException", 404, chat.describe_view, ConnectionToken=token, ViewToken="a/b+c=")
chat.disconnect_participant(ConnectionToken=token)
fails(chat, "AccessDeniedException", 403, chat.get_transcript, ConnectionToken=token)
assert connect.describe_contact(InstanceId=instance, ContactId=contact)["Contact"]["DisconnectReason"] == "CUSTOMER_DISCONNECT"
connect.stop_contact(InstanceId=instance, ContactId=contact)
