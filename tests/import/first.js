// A settings script in the manner of the first version, with all that can be wrong about it.
var got = require('got');
exports.handler = function (context, event, callback) {
    console.log("EVENT: " + JSON.stringify(event)); // settings.url_alert = 'https://not.this/one';
    /* settings.xm_user = 'nor this';
       settings.callerID = '0'; */
    settings = {};
    setting.twilio_path = 'https://some-path-1234.twil.example/';

    xmatters = 'https://acme.xmatters.example';
    xm_user = 'REST';
    xm_pass = 'it\'s a "pass\\word" \u00fc'

    settings.callerID = '15550100';
    settings.twilio_sid = "SK00000000000000000000000000000001";
    settings.twilio_sec = "an api secret";
    setting.url_alert =
      'https://acme.xmatters.example/api/integration/1/functions/1-2/triggers?apiKey=alert-key';
    setting.url_conf = 'https://acme.xmatters.example/api/integration/1/' +
      'functions/3-4/triggers?apiKey=conference-key';

    Authorized_Users = ['userid1', "user id2", 'userid3',];

    settings.NumberofGroups = 2;
    settings.xMatters_Groups = [
        'CAB Approval', // the board
        "Cloud DevOps",
        'Database Infrastructure'
    ];
    settings.Speak_Groups = ['C.A.B. Approval', 'Cloud DevOps'];
    settings.bitly_token = 'a bitly token';
    settings.colour = 'blue';

    settings.xm_action = settings.twilio_path + '/xm_action';
    settings.Group_Speak_Text = '';
    settings.Alert_Phrase = 'What group would you like to Alert? ';
    settings.Wait_Phrase = `You are a natural!`;
    for (i = 0; i < settings.NumberofGroups; i++) {
        digit = i + 1;
        settings.Group_Speak_Text += "Press " + digit + " for " + settings.Speak_Groups[i] + ". ";
    }
    if (settings.NumberofGroups === 0) {
        settings.Alert_Phrase = 'Sure, I will send an Alert to the groups defined there. ';
    }
    if (settings.callerID == '') {
        settings.callerID = event.To;
    }
};
