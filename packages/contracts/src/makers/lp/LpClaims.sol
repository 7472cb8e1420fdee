// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC7540Deposit} from "../../interfaces/IERC7540.sol";
import {IERC7575} from "../../interfaces/IERC7575.sol";
import {ILpModule} from "../../interfaces/ILpModule.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {ZeroAddress, ZeroAmount} from "../../types/Errors.sol";
import {LpClaim} from "../../types/LpRequest.sol";
import {LpAsyncVault} from "./LpAsyncVault.sol";

/// @title The claims of a request vault: ERC-4626 and ERC-7540 functions
/// @notice A settlement transfers no tokens to the LP. The tokens remain here until the controller, or an operator of
/// it, claims them, in every state of the exchange. A controller has one claim for deposits and one for redemptions.
/// Settled requests add to it at their own prices, and a partial claim takes its proportion.
abstract contract LpClaims is LpAsyncVault {
    using Cast for int256;
    using SafeERC20 for IERC20;

    /// @notice Collateral that a flat base vault paid in kind, claimed with a redemption.
    event QuoteClaimed(address indexed controller, address indexed receiver, uint256 quoteXCD);

    /// @notice The maker of this request vault, and the share token.
    ILpModule public immutable maker;
    IERC20 internal immutable _asset;
    uint256 internal immutable _assetScale;
    /// @dev The collateral of the exchange.
    IERC20 internal immutable _collateral;

    /// @dev Claims of one kind are in the first place while those of the other kind are not. Most controllers need one place.
    mapping(address controller => LpClaim[2] claims) private _claims;

    constructor(ILpModule maker_) {
        maker = maker_;
        _asset = maker_.asset();
        _assetScale = maker_.assetScale();
        _collateral = maker_.vault().asset();
    }

    // ---------------------------------------------------------------------------------------------------- claims ----

    /// @inheritdoc IERC7575
    function deposit(uint256 assets, address receiver) external returns (uint256 shares) {
        return deposit(assets, receiver, msg.sender);
    }

    /// @inheritdoc IERC7540Deposit
    function deposit(uint256 assets, address receiver, address controller) public returns (uint256 shares) {
        _checkClaim(assets, receiver, controller);
        (shares,) = _claimOf(controller, true).takeInputs(assets, false);
        _payShares(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7575
    function mint(uint256 shares, address receiver) external returns (uint256 assets) {
        return mint(shares, receiver, msg.sender);
    }

    /// @inheritdoc IERC7540Deposit
    function mint(uint256 shares, address receiver, address controller) public returns (uint256 assets) {
        _checkClaim(shares, receiver, controller);
        (assets,) = _claimOf(controller, true).takeOutputs(shares, false);
        _payShares(controller, receiver, assets, shares);
    }

    /// @inheritdoc IERC7575
    function redeem(uint256 shares, address receiver, address controller) external returns (uint256 assets) {
        _checkClaim(shares, receiver, controller);
        uint256 quoteXCD;
        (assets, quoteXCD) = _claimOf(controller, false).takeInputs(shares, _paysInKind());
        _payAssets(controller, receiver, assets, shares, quoteXCD);
    }

    /// @inheritdoc IERC7575
    function withdraw(uint256 assets, address receiver, address controller) external returns (uint256 shares) {
        _checkClaim(assets, receiver, controller);
        uint256 quoteXCD;
        (shares, quoteXCD) = _claimOf(controller, false).takeOutputs(assets, _paysInKind());
        _payAssets(controller, receiver, assets, shares, quoteXCD);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IERC7575
    /// @dev The claimable amount, as in the following three functions: the sum of the claimable requests.
    function maxDeposit(address controller) external view returns (uint256 assets) {
        return _claimOf(controller, true).inputs;
    }

    /// @inheritdoc IERC7575
    function maxMint(address controller) external view returns (uint256 shares) {
        return _claimOf(controller, true).outputs;
    }

    /// @inheritdoc IERC7575
    function maxRedeem(address controller) external view returns (uint256 shares) {
        return _claimOf(controller, false).inputs;
    }

    /// @inheritdoc IERC7575
    function maxWithdraw(address controller) external view returns (uint256 assets) {
        return _claimOf(controller, false).outputs;
    }

    /// @notice Collateral that the controller claims with its redemptions, in its own decimals.
    function claimableQuote(address controller) external view returns (uint256 quoteXCD) {
        return _claimOf(controller, false).quoteXCD;
    }

    /// @inheritdoc IERC7575
    function asset() external view returns (address) {
        return address(_asset);
    }

    /// @inheritdoc IERC7575
    function share() public view override returns (address) {
        return address(maker);
    }

    /// @inheritdoc IERC7575
    /// @dev The maker's assets at the last stored price, see {ILpQuotes-valuationAge}. Pending and claimable tokens belong to
    /// controllers and do not count.
    function totalAssets() external view returns (uint256) {
        return maker.totalAssets();
    }

    /// @inheritdoc IERC7575
    function convertToShares(uint256 assets) external view returns (uint256) {
        (uint256 total, uint256 totalShares) = _valuation();
        return ShareMath.toSharesDown(assets * _assetScale, total, totalShares);
    }

    /// @inheritdoc IERC7575
    function convertToAssets(uint256 shares) external view returns (uint256) {
        (uint256 total, uint256 totalShares) = _valuation();
        return ShareMath.toAssetsDown(shares, total, totalShares) / _assetScale;
    }

    /// @notice Result of a deposit request that settled now, after the entry fee, down.
    /// @return met part of the assets that the deposit cap admits, own decimals; the rest would be returned
    /// @return shares WAD, for `met`
    function quoteDeposit(uint256 assets) external view returns (uint256 met, uint256 shares) {
        return maker.quoteDeposit(assets, true);
    }

    /// @notice Result of a redemption request that settled now, after the exit fee, down.
    /// @return met part of the shares that the maker can pay for, WAD; the rest would be returned
    /// @return assets own decimals, for `met`
    /// @return quoteXCD collateral that a flat base vault pays beside them
    function quoteRedeem(uint256 shares) external view returns (uint256 met, uint256 assets, uint256 quoteXCD) {
        return maker.quoteRedeem(shares, true);
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev The controller's claims of a kind.
    function _claimOf(address controller, bool isDeposit) internal view returns (LpClaim storage) {
        LpClaim[2] storage claims = _claims[controller];
        return claims[claims[0].isOfDeposits() == isDeposit ? 0 : 1];
    }

    /// @dev The place of a settlement: the first, unless it has claims of the other kind, or the second still has some of this.
    function _placeFor(address controller, bool isDeposit) internal view returns (LpClaim storage) {
        LpClaim[2] storage claims = _claims[controller];
        if (claims[0].isOfDeposits() == isDeposit || claims[0].isUnused()) return claims[0];
        return claims[claims[0].inputs == 0 && claims[1].inputs == 0 ? 0 : 1];
    }

    /// @dev Whether redemptions may pay collateral in kind.
    function _paysInKind() internal view returns (bool) {
        return address(_asset) != address(_collateral);
    }

    function _valuation() private view returns (uint256, uint256) {
        (int256 total, uint256 totalShares) = maker.lastValuation();
        return (total.positivePart(), totalShares);
    }

    function _checkClaim(uint256 amount, address receiver, address controller) private view {
        if (amount == 0) revert ZeroAmount();
        _checkReceiver(receiver);
        _checkOperator(controller);
    }

    function _checkReceiver(address receiver) internal pure {
        if (receiver == address(0)) revert ZeroAddress();
    }

    function _payShares(address controller, address receiver, uint256 assets, uint256 shares) private {
        emit Deposit(controller, receiver, assets, shares);
        IERC20(maker).safeTransfer(receiver, shares);
    }

    function _payAssets(address controller, address receiver, uint256 assets, uint256 shares, uint256 quoteXCD)
        private
    {
        emit Withdraw(msg.sender, receiver, controller, assets, shares);
        _asset.safeTransfer(receiver, assets);
        if (quoteXCD == 0) return;
        emit QuoteClaimed(controller, receiver, quoteXCD);
        _collateral.safeTransfer(receiver, quoteXCD);
    }
}
