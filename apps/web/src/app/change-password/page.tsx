import { ChangePasswordPage } from '../../ui/sign-in/change-password-page.tsx';

export default ChangePasswordPage;
