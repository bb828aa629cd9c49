// A settings script in the manner of the successor.
exports.handler = function (context, event, callback) {
  setting = {};
  setting.alertTypes = ['Alert', 'Conference', 'Incident', 'Livecall', 'Smoke'];
  setting.voice = 'Polly.Joanna-Neural';
  setting.callerID = '';
  setting.xmatters = 'https://company.cs1.xmatters.example/';
  setting.escLevels = '3';
  setting.xm_user = 'x-api-key-1';
  setting.xm_pass = context.XM_PASS;
  setting.xmattersHTTP = '/api/integration/1/functions/5-6/triggers?apiKey=one-key';
  setting.noanswerHTTP = '/api/integration/1/functions/7-8/triggers?apiKey=other-key';
  setting.transfer_to_bridge = true;
  setting.defaultSeverity = '2'; // "1","2","3","4","5" or ""
  Authorized_Users = [];
  setting.xMatters_Groups = ['Database', 'Database', 'Network'];
  setting.Speak_Groups = ['Data base', 'Data base', 'Network'];
  setting.NumberofGroups = setting.xMatters_Groups.length;
  setting.bitly_token = 'KEY-HERE';
  setting.xm_settings = '/xm_settings';
  waitPhrase = [];
  waitPhrase.push('Your transcription is not quite finished.');
  setting.waitPhrase = waitPhrase;
  setting.holdMusic = 'https://music.example/hold?Bucket=classical';
};
