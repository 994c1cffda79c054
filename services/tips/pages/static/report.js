// What a script can add to the form: faults are read first, and a rough position is filled in when asked for.
"use strict";

document.getElementById("faults")?.focus();

const point = document.getElementById("point");
const locate = document.getElementById("locate");
if (navigator.geolocation && isSecureContext) {
  locate.hidden = false;
  locate.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      // Three decimals are about 100 m; nothing finer leaves the device.
      ({ coords }) => { point.value = `${coords.latitude.toFixed(3)}, ${coords.longitude.toFixed(3)}`; point.focus(); },
      () => point.focus(), // not allowed, or not found: it can be typed
      { enableHighAccuracy: false, timeout: 10000, maximumAge: 60000 },
    );
  });
}
