"""Documents with the content of flows, as assets: they go where the functions' packages go, by `cdk deploy` itself."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from infra.cdk import flow_catalogue
from infra.cdk.build import flow_files
from infra.cdk.flow_documents import FlowDocument, documents
from infra.cdk.names import logical


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A document, and where it lies."""

    document: FlowDocument
    asset: assets.Asset

    @property
    def properties(self) -> Mapping[str, str]:
        """Return what finds the document, and tells whether it is the one."""
        return {
            "Document": self.document.name,
            "Bucket": self.asset.s3_bucket_name,
            "Key": self.asset.s3_object_key,
            "Digest": hashlib.sha256(self.document.text.encode()).hexdigest(),
        }

    @property
    def arn(self) -> str:
        """Return the ARN of the object: this one and no other."""
        return self.asset.bucket.arn_for_objects(self.asset.s3_object_key)


class FlowDocuments(Construct):
    """One asset for each group of flows that name each other."""

    def __init__(self, scope: Construct, id_: str, *, contract: Contract) -> None:
        super().__init__(scope, id_)
        found = tuple(documents(contract, flow_catalogue.flow_units(contract)))
        folder = flow_files(contract, {document.name: document.text for document in found})
        self.placed = tuple(
            Placed(
                document=document,
                asset=assets.Asset(self, logical(document.name), path=str(folder / f"{document.name}.json")),
            )
            for document in found
        )
