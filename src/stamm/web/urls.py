"""All addresses: our pages, and what allauth answers of signing in and of codes."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from stamm.web.access import pages

urlpatterns = [
    *(path(page.path, page.view, name=page.name) for page in pages()),
    # signing in: no signing up, no mail
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/inactive/", account.account_inactive, name="account_inactive"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/again/", account.reauthenticate, name="account_reauthenticate"),
    path("account/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    # the second factor
    path("account/codes/", mfa.index, name="mfa_index"),
    path("account/codes/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/codes/app/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/codes/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
handler400 = "stamm.web.failures.bad_request"
handler403 = "stamm.web.failures.forbidden"
handler404 = "stamm.web.failures.not_found"
handler500 = "stamm.web.failures.failed"
