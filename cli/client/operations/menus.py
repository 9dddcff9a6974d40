"""The operations of the capability menus. Made of the routes by `trunkline api client`."""

from typing import Final

from chalicelib.menus import api, views
from cli.client.operation import Nothing, Operation

ANSWER: Final = Operation("PUT", "/v1/enquiries/{enquiry}/{reference}", Nothing, api.AnswerBody, views.EnquiryView)
MENUS: Final = Operation("GET", "/v1/menus/{line}", Nothing, Nothing, views.MenuView)
DRAFT: Final = Operation("GET", "/v1/menus/{line}/draft", Nothing, Nothing, views.DraftView)
SAVE: Final = Operation("PUT", "/v1/menus/{line}/draft", Nothing, api.DraftBody, views.SavedView)
PREVIEW: Final = Operation("POST", "/v1/menus/{line}/preview", Nothing, api.PreviewBody, views.TranscriptView)
PUBLISH: Final = Operation("POST", "/v1/menus/{line}/publish", Nothing, api.PublishBody, views.MovedView, keyed=True)
REPORT: Final = Operation("GET", "/v1/menus/{line}/report", views.ReportQuery, Nothing, views.MenuReportView)
ROLLBACK: Final = Operation("POST", "/v1/menus/{line}/rollback", Nothing, api.RollbackBody, views.MovedView, keyed=True)
VALIDATE: Final = Operation("POST", "/v1/menus/{line}/validate", Nothing, api.TreeBody, views.FindingsView)
VERSIONS: Final = Operation("GET", "/v1/menus/{line}/versions", Nothing, Nothing, views.VersionsView)
VERSION_OF: Final = Operation("GET", "/v1/menus/{line}/versions/{version}", Nothing, Nothing, views.VersionTreeView)
